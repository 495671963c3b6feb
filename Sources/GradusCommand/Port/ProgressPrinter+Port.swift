import GradusPort

extension ProgressPrinter {
  func show(_ event: PortEvent) {
    switch event {
    case .migration(let event): show(event)
    case .table(let progress): show(.update(progress))
    case .message(let text): message(text)
    }
  }
}
