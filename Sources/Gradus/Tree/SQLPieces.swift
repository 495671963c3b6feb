import GradusSQL

/// The pieces of a script, one after the other: its tokens, and the white space and comments between them.
struct SQLPieces: Sequence, IteratorProtocol {
  struct Piece {
    let range: Range<Int>
    /// Whether it is white space or a comment.
    let isGap: Bool
  }

  private let bytes: [UInt8]
  private var index = 0
  private var hasEscapes = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> Piece? {
    guard index < bytes.count else { return nil }
    let (start, gap) = (index, SQLGap.end(bytes[index...]))
    index = gap ?? Checksum.endOfToken(bytes[start...], hasEscapes: &hasEscapes)
    return Piece(range: start..<index, isGap: gap != nil)
  }
}
