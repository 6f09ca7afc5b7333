package realparts

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed seconds-of-5.txt
var secondsOfFive string

// SecondsOfFive has how long each of five trials of one real agent took at each of
// Terminal-Bench's 80 tasks, in seconds. The file beside this one names the source.
func SecondsOfFive() (tasks [][5]float64) {
	for line := range strings.Lines(secondsOfFive) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var seconds [5]float64
		for i, text := range strings.Fields(line)[1:] {
			var err error
			if seconds[i], err = strconv.ParseFloat(text, 64); err != nil {
				panic("seconds-of-5.txt: " + err.Error())
			}
		}
		tasks = append(tasks, seconds)
	}
	return tasks
}
