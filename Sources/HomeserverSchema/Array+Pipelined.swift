import Dispatch
import Synchronization

extension Array {
  /// Makes something of each element, one after the other, and works on it on other cores while the next is made.
  ///
  /// - Parameters:
  ///   - make: runs here.
  ///   - work: runs on other threads, but for the last one, which is worked on here.
  /// - Returns: the results in the order of the elements.
  /// - Throws: what `make` throws, else of the errors of `work` the first in that order; after all work has ended.
  func pipelined<Product: Sendable, R: Sendable>(
    make: (Element) throws -> Product, work: @Sendable (Product) throws -> R
  ) throws -> [R] {
    let results = Mutex([Result<R, any Error>?](repeating: nil, count: count))
    try withoutActuallyEscaping(work) { work in
      let group = DispatchGroup()
      defer { group.wait() }
      for (number, element) in enumerated() {
        let product = try make(element)
        let perform = { @Sendable in
          let result = Result { try work(product) }
          results.withLock { $0[number] = result }
        }
        if number == count - 1 {
          perform()
        } else {
          DispatchQueue.global().async(group: group, execute: perform)
        }
      }
    }
    return try results.withLock { try $0.compactMap { try $0?.get() } }
  }
}
