/// A value whose texts are compared by their bytes, as a database does, where Swift takes canonically equivalent ones for the
/// same.
@propertyWrapper
package struct Bytewise<Value: BytewiseComparable & Hashable & Sendable>: Hashable, Sendable {
  package var wrappedValue: Value

  package init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

  package static func == (one: Self, other: Self) -> Bool {
    one.wrappedValue.hasSameBytes(as: other.wrappedValue)
  }
}
