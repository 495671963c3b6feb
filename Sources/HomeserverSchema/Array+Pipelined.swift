import Dispatch
import Synchronization

extension Array {
  /// Makes something of each element, one after the other, and works on it on other cores while the next is made.
  ///
  /// - Parameters:
  ///   - make: runs here.
  ///   - work: runs on other threads.
  ///   - body: runs here, while the last ones are worked on.
  /// - Returns: the results in the order of the elements, and what `body` returns.
  /// - Throws: what `make` throws, else what `body` throws, else of the errors of `work` the first in that order; after
  ///   all work has ended.
  func pipelined<Product: Sendable, R: Sendable, Other>(
    make: (Element) throws -> Product, work: @Sendable (Product) throws -> R,
    meanwhile body: () throws -> Other
  ) throws -> (results: [R], other: Other) {
    let results = Mutex([Result<R, any Error>?](repeating: nil, count: count))
    let other = try withoutActuallyEscaping(work) { work in
      let group = DispatchGroup()
      defer { group.wait() }
      for (number, element) in enumerated() {
        let product = try make(element)
        DispatchQueue.global().async(group: group) {
          let result = Result { try work(product) }
          results.withLock { $0[number] = result }
        }
      }
      return try body()
    }
    return (try results.withLock { try $0.compactMap { try $0?.get() } }, other)
  }
}
