import GradusSQL

/// Reads a table of the source in the order of its key, and turns rows into COPY's data.
struct ChunkReader: Sendable {
  let table: PortTable
  let options: PortOptions
  private let converters: [ValueConverter]

  /// How many bad values are named.
  private static let mostProblems = 10

  init(table: PortTable, options: PortOptions) {
    self.table = table
    self.options = options
    converters = table.converters(options)
  }

  /// The rows after a key; from the first where it is nil.
  func read(after key: RowKey?, _ connection: Connection) throws -> Chunk {
    var chunk = Chunk()
    let query = KeysetQuery(table: table, after: key)
    try connection.forEachRawRow(query.sql, query.parameters) { values in
      let keyCount = table.key.names.count
      let rowKey = RowKey(values.prefix(keyCount).compactMap(RowKeyValue.init))
      chunk.lastKey = rowKey
      if append(values[keyCount...], rowKey, &chunk) { chunk.keys.append(rowKey) }
      if chunk.problems.count >= Self.mostProblems { return false }
      let isFull =
        chunk.text.bytes.count >= options.chunkBytes || chunk.rowsRead >= options.chunkRows
      if isFull { chunk.isLast = false }
      return !isFull
    }
    return chunk
  }

  /// - Returns: whether the row is to be sent.
  private func append(_ values: ArraySlice<RawValue>, _ key: RowKey, _ chunk: inout Chunk) -> Bool {
    for (index, value) in values.enumerated() {
      do throws(UnfitValue) {
        let converted = try converters[index].convert(value)
        if case .mendedText = converted { chunk.mended += 1 }
        converted.append(to: &chunk.text)
      } catch {
        chunk.text.dropRow()
        if error.isAboutCharacters, options.unfitText == .leaveOutRow {
          chunk.leftOut += 1
        } else {
          chunk.hasUnfitText = chunk.hasUnfitText || error.isAboutCharacters
          chunk.problems.append(
            "\(table.name).\(table.columns[index].name) of the row with \(key.name(table.key)) \(error)")
        }
        return false
      }
    }
    chunk.text.endRow()
    return true
  }
}
