package report

// style is what a piece of terminal text means; painter decides how that
// looks.
type style int

const (
	normal style = iota
	strong
	faint
	good
	bad
	doubtful
	goodBlock // reversed, for the verdict's name
	badBlock
	doubtfulBlock
)

// codes are ECMA-48 SGR parameters from the basic palette, which terminal
// themes keep readable.
var codes = map[style]string{
	strong:        "1",
	faint:         "2",
	good:          "32",
	bad:           "31",
	doubtful:      "33",
	goodBlock:     "1;30;42",
	badBlock:      "1;37;41",
	doubtfulBlock: "1;30;43",
}

// Colors are the escape sequences that reports and blocks hold when they are
// coloured, and no others.
func Colors() []string {
	all := []string{colourOff}
	for _, code := range codes {
		all = append(all, "\x1b["+code+"m")
	}
	return all
}

const colourOff = "\x1b[0m"

func (s style) block() style {
	switch s {
	case good:
		return goodBlock
	case bad:
		return badBlock
	default:
		return doubtfulBlock
	}
}

// painter colours text, or leaves it alone when false.
type painter bool

func (p painter) paint(s style, text string) string {
	code, ok := codes[s]
	if !bool(p) || !ok || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + colourOff
}
