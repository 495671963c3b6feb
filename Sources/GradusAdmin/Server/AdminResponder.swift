import HTTPTypes
import Hummingbird
import NIOCore

/// Carries requests from Hummingbird to the API, and responses back.
struct AdminResponder: HTTPResponder {
  /// What Hummingbird tells of a request's connection.
  struct Context: InitializableFromSource {
    let address: String?

    init(source: ApplicationRequestContextSource) { address = source.channel.remoteAddress?.ipAddress }
  }

  let api: AdminAPI
  let isSocket: Bool

  func respond(to request: Request, context: Context) async throws -> Response {
    let headers = request.headers
    let response = await api.respond(
      to: AdminRequest(
        method: request.method.rawValue, target: request.head.path ?? "",
        authorization: headers[.authorization],
        host: request.head.authority, origin: headers[.origin],
        client: isSocket ? nil : context.address ?? "unknown",
        body: { limit in try await Self.read(request, limit: limit) }))
    var fields = HTTPFields()
    fields[.contentType] = response.contentType
    fields[.contentLength] = "\(response.body.count)"
    for (name, value) in response.headers {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    return Response(
      status: .init(code: response.status), headers: fields,
      body: request.method == .head ? .init() : .init(byteBuffer: ByteBuffer(bytes: response.body)))
  }

  private static func read(_ request: Request, limit: Int) async throws -> [UInt8] {
    // Told before it is sent, where the client waits for leave.
    if let length = request.headers[.contentLength].flatMap(Int.init), length > limit {
      throw AdminFailure.tooLarge
    }
    var bytes: [UInt8] = []
    do {
      for try await part in request.body {
        guard bytes.count + part.readableBytes <= limit else { throw AdminFailure.tooLarge }
        bytes += part.readableBytesView
      }
    } catch let failure as AdminFailure {
      throw failure
    } catch {
      // Broken off, or no HTTP.
      throw AdminFailure.wrong("The request's body cannot be read")
    }
    return bytes
  }
}
