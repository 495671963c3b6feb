/// A value as the engine keeps it, without a copy: good only while its row is handed over.
public enum RawValue {
  /// NULL.
  case null
  /// A whole number.
  case integer(Int64)
  /// A double-precision number.
  case double(Double)
  /// A text's bytes, which may hold U+0000 and need not be UTF-8.
  case text(UnsafeBufferPointer<UInt8>)
  /// Bytes.
  case blob(UnsafeBufferPointer<UInt8>)
}
