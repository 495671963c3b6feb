import GradusSQL

extension PhysicalDatabase {
  /// Runs `body`; its errors name this database, where it is one of several.
  package func naming<R>(_ body: () async throws -> R) async throws -> R {
    do { return try await body() } catch { throw naming(error) }
  }

  /// The error with this database's name, where it is one of several.
  package func naming(_ error: any Error) -> any Error {
    guard databases != nil else { return error }
    switch error {
    case var error as SQLError:
      error.database = error.database ?? name
      return error
    case var error as GradusError:
      error.database = error.database ?? name
      return error
    default: return error
    }
  }
}
