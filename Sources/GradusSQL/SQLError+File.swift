import Foundation

extension SQLError {
  /// A file beside a SQLite database that cannot be opened.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - number: what `errno` was.
  ///   - hint: what to do where it is a matter of rights.
  package static func cannotOpen(_ path: String, _ number: Int32, hint: String) -> SQLError {
    let code: SQLError.Code =
      switch number {
      case EROFS, EACCES, EPERM: .readOnly
      case ENOSPC, EDQUOT: .diskFull
      default: .cannotConnect
      }
    return SQLError(
      code, "cannot open '\(path)': \(String(cString: strerror(number)))",
      hint: code == .diskFull ? nil : hint)
  }
}
