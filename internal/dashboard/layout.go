package dashboard

// columns is the width of a row.
const columns = 12

// box is a panel's place in its row of the dashboard.
type box struct{ x, y, width, height int }

func (b box) overlaps(c box) bool {
	return b.x < c.x+c.width && c.x < b.x+b.width && b.y < c.y+c.height && c.y < b.y+b.height
}

// arrange puts panels beside each other, and below where a line is full.
func arrange(panels []placed) []box {
	var boxes []box
	x, y, tallest := 0, 0, 0
	for _, p := range panels {
		if x+p.width > columns {
			x, y, tallest = 0, y+tallest, 0
		}
		boxes = append(boxes, box{x, y, p.width, p.height})
		x, tallest = x+p.width, max(tallest, p.height)
	}
	return boxes
}

// bottom is the first free line below the boxes.
func bottom(boxes []box) int {
	lowest := 0
	for _, b := range boxes {
		lowest = max(lowest, b.y+b.height)
	}
	return lowest
}
