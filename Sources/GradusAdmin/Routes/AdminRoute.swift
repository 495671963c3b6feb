/// One operation of the API.
package struct AdminRoute: Sendable {
  /// Whom it is for.
  package enum Access: Sendable, Hashable {
    /// Everybody.
    case open
    /// Who has a token of this scope, where there are tokens.
    case scope(TokenScope)
  }

  typealias Handler = @Sendable (AdminCall) async throws -> AdminResponse

  /// `GET` or `POST`.
  package let method: String
  /// The path with the standard prefixes, as openapi.json has it; parameters are in braces.
  package let template: String
  package let access: Access
  /// Whether it has to wait for the start-up migration.
  package let needsTables: Bool
  let handle: Handler

  init(
    _ method: String, _ template: String, _ access: Access, needsTables: Bool = true,
    handle: @escaping Handler
  ) {
    self.method = method
    self.template = template
    self.access = access
    self.needsTables = needsTables
    self.handle = handle
  }
}
