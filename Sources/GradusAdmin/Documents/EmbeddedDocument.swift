/// What the program carries in itself, so that it needs no files beside it.
package enum EmbeddedDocument {
  /// The description of the API.
  package static var openAPI: [UInt8] { PackageResources.openapi_json }
  /// The page for operators.
  package static var page: [UInt8] { PackageResources.index_html }
}
