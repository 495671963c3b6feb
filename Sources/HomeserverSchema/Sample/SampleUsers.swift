import GradusSQL

/// The local users' accounts.
struct SampleUsers {
  let sample: SampleDatabase

  func write(to connection: Connection) throws {
    var table = BatchTable(columns: [("name", .text), ("creation_ts", .integer)])
    for number in 0..<sample.users {
      table.rows.append([.text(sample.userID(number)), .integer(1_600_000_000 + Int64(number))])
      if table.rows.count == 1_000 || number == sample.users - 1 {
        try table.insert(into: "users", on: connection)
        table.rows.removeAll(keepingCapacity: true)
      }
    }
  }
}
