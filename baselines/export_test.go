package baselines

// Fields is everything a header says, in the order of the run file.
var Fields = fields
