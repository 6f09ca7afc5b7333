package forward

import "fmt"

// Notes are what the user should know of a target when everything was tried: nothing,
// if it took all. resend is what to type to send the rest.
func (s Summary) Notes(resend string) []string {
	var notes []string
	if s.Rejected > 0 {
		notes = append(notes, fmt.Sprintf("%s took %d records and rejected %d of them for good: %s", s.To, s.Records, s.Rejected, s.Objection))
	}
	if s.Unreadable > 0 {
		notes = append(notes, fmt.Sprintf("%d payloads of agents are no OTLP that can be read: they are kept in the run's files, and %s does not get them", s.Unreadable, s.To))
	}
	if s.Left > 0 {
		notes = append(notes, fmt.Sprintf("telemetry of %s is not all at %s (%s); \"%s\" sends the rest", counted(s.Left), s.To, s.Why, resend))
	}
	return notes
}

// counted says how many trials, where the verdict counts as one.
func counted(n int) string {
	if n == 1 {
		return "one trial"
	}
	return fmt.Sprintf("%d trials", n)
}
