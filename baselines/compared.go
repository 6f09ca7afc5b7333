package baselines

// Compare is the one thing in which the two arms of a gate may differ. The
// empty value means that nobody said: [CompareModel] is then assumed.
type Compare string

// What can be compared.
const (
	CompareModel        Compare = "model"
	CompareAgentVersion Compare = "agent_version" // of one agent
	CompareSettings     Compare = "settings"      // of one agent and model
)

// Comparisons lists what can be compared.
func Comparisons() []Compare {
	return []Compare{CompareModel, CompareAgentVersion, CompareSettings}
}

// Forbids reports whether two runs that differ in the field cannot be compared
// when c is what is compared. For [Differences].
func (c Compare) Forbids(f Field) bool {
	return f.Compared && (f.Part.AllowedBy() == "" || f.Part.AllowedBy() != c)
}
