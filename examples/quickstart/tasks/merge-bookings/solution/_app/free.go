package rooms

// Free returns when the room can be booked within open, given the bookings
// made so far, which may overlap and may begin before or end after open.
// Gaps shorter than atLeast minutes are left out.
func Free(open Span, bookings []Span, atLeast int) []Span {
	var free []Span
	offer := func(from, to int) {
		gap := Span{Start: from, End: min(to, open.End)}
		if !gap.Empty() && gap.End-gap.Start >= atLeast {
			free = append(free, gap)
		}
	}
	from := open.Start
	for _, b := range Merge(bookings) {
		offer(from, b.Start)
		from = max(from, b.End)
	}
	offer(from, open.End)
	return free
}
