extension PortTable {
  /// What makes the values of each column fit.
  func converters(_ options: PortOptions) -> [ValueConverter] {
    columns.map { ValueConverter(kind: $0.kind, mendsText: options.unfitText == .remove) }
  }
}
