/// A benchmark that cannot go on, or whose result is wrong: a fast wrong result is worth nothing.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
