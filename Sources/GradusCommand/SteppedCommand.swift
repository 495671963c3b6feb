/// A command that changes databases in steps or batches, each of which is committed or rolled back as a whole, and goes on
/// where an earlier run of it has stopped.
protocol SteppedCommand {}
