public import Logging
import Synchronization

/// Where the parts of an application register their callbacks. The first registration wins; later ones are ignored,
/// with a warning.
public final class UpdatePacing: Sendable {
  private let registered = Mutex<ControllerCallbacks?>(nil)
  private let logger: Logger

  /// - Parameter logger: told of registrations that are ignored.
  public init(logger: Logger = Logger(label: "gradus.updates")) { self.logger = logger }

  /// Registers callbacks.
  ///
  /// - Parameter callbacks: what to call.
  /// - Returns: whether they were taken; false where others were registered before.
  @discardableResult
  public func register(_ callbacks: ControllerCallbacks) -> Bool {
    let isFirst = registered.withLock { registered in
      guard registered == nil else { return false }
      registered = callbacks
      return true
    }
    if !isFirst {
      logger.warning("callbacks for background updates are registered already; these are ignored")
    }
    return isFirst
  }

  var callbacks: ControllerCallbacks? { registered.withLock { $0 } }
}
