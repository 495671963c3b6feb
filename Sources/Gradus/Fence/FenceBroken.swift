/// A process has announced a version that is being shut out, after the last look at who runs. It will find the fence
/// and end.
struct FenceBroken: Error {}
