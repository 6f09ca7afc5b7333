package rooms

// Free returns when the room can be booked within open, given the bookings
// made so far, which may overlap and may begin before or end after open.
// Gaps shorter than atLeast minutes are left out.
func Free(open Span, bookings []Span, atLeast int) []Span {
	var free []Span
	from := open.Start
	for _, b := range Merge(bookings) {
		gap := Span{Start: from, End: b.Start}
		if !gap.Empty() && gap.End-gap.Start > atLeast {
			free = append(free, gap)
		}
		from = b.End
	}
	return free
}
