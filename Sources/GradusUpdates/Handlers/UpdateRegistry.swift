public import Gradus
import GradusSQL

/// The background updates that a program can run: Swift handlers and declared ones, by name.
public struct UpdateRegistry: Sendable {
  private var work: [String: any UpdateWork] = [:]
  /// What each update must wait for, from the declarations; the queue itself holds one dependency only.
  package private(set) var dependencies: [String: [String]] = [:]

  /// - Parameters:
  ///   - handlers: Swift handlers; two of one name are a programmer's mistake.
  ///   - declarations: declared updates; those of kind `handler` need a handler of their name.
  public init(handlers: [any UpdateHandler] = [], declarations: some Sequence<UpdateDeclaration> = []) {
    for handler in handlers {
      precondition(work[handler.name] == nil, "the update '\(handler.name)' is registered twice")
      work[handler.name] = erase(handler)
    }
    for declaration in declarations {
      dependencies[declaration.name] = declaration.dependsOn
      guard let declared = DeclaredWork.make(declaration) else { continue }
      precondition(
        work[declaration.name] == nil, "the update '\(declaration.name)' is declared and registered")
      work[declaration.name] = declared
    }
  }

  /// The names of all updates that can be run.
  public var names: Set<String> { Set(work.keys) }

  /// Whether an update of this name can be run or is declared.
  package func knows(_ name: String) -> Bool { work[name] != nil || dependencies[name] != nil }

  /// What an update waits for: of what its row and its declaration say, the first that is queued.
  func dependency(of entry: QueueEntry, among queued: Set<String>) -> String? {
    entry.dependencies(dependencies).first(where: queued.contains)
  }

  /// By the name's bytes, as the queue has it: to Swift, names that differ may be the same.
  func work(for name: String) -> (any UpdateWork)? {
    work[name].flatMap { $0.name.hasSameBytes(as: name) ? $0 : nil }
  }
}

private func erase(_ handler: any UpdateHandler) -> any UpdateWork {
  func ranged(_ handler: some RangedUpdateHandler) -> any UpdateWork { RangedHandlerWork(handler: handler) }
  func whole(_ handler: some UpdateHandler) -> any UpdateWork { HandlerWork(handler: handler) }
  return (handler as? any RangedUpdateHandler).map { ranged($0) } ?? whole(handler)
}
