/// A driver for the same database as another one, which opens connections of its own kind.
public protocol ForwardingDriver: Driver {
  /// The driver behind it.
  var base: any Driver { get }
}

extension ForwardingDriver {
  /// That of the driver behind it.
  public var engine: Engine { base.engine }
  /// That of the driver behind it.
  public var databaseName: String { base.databaseName }
  /// That of the driver behind it.
  public var lockFile: String? { base.lockFile }
  /// That of the driver behind it.
  public var liveFolder: String? { base.liveFolder }
}
