package import CoreMetrics

extension PrometheusMetrics: MetricsFactory {
  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    PrometheusHandler(series(label, dimensions, .counter), isCounter: true)
  }

  package func makeFloatingPointCounter(label: String, dimensions: [(String, String)])
    -> any FloatingPointCounterHandler
  {
    PrometheusHandler(series(label, dimensions, .counter), isCounter: true)
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    PrometheusHandler(series(label, dimensions, .gauge))
  }

  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool)
    -> any RecorderHandler
  {
    PrometheusHandler(series(label, dimensions, aggregate ? .summary : .gauge), isAggregate: aggregate)
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    PrometheusHandler(series(label, dimensions, .histogram))
  }

  package func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }
  package func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
  package func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
  package func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

  private func destroy(_ handler: AnyObject) {
    if let series = (handler as? PrometheusHandler)?.series { remove(series) }
  }
}
