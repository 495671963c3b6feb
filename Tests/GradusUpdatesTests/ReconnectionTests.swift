import Gradus
import GradusSQL
import GradusUpdates
import Testing

@Suite struct ReconnectionTests {
  private let start = ContinuousClock.now
  private let lost = SQLError(.connectionLost, "gone")

  @Test func waitsLongerAndLongerUntilTheLimit() {
    var reconnection = Reconnection(limit: .seconds(60), part: { 1 })
    var (now, attempts) = (start, 0)
    while let delay = reconnection.delay(after: lost, at: now) {
      #expect(delay >= .milliseconds(250) && delay <= .seconds(10))
      (now, attempts) = (now + delay, attempts + 1)
    }
    #expect(now - start >= .seconds(60) && now - start <= .seconds(70))
    #expect(attempts > 5 && attempts < 20)
  }

  /// An address that leads nowhere, or to a standby, is an error at once; while a server fails over it is not.
  @Test(arguments: [SQLError.Code.cannotConnect, .readOnly])
  func aServerThatFailsOver(code: SQLError.Code) {
    var reconnection = Reconnection(limit: .seconds(60), part: { 1 })
    #expect(reconnection.delay(after: SQLError(code, ""), at: start) == nil)
    #expect(reconnection.delay(after: lost, at: start) != nil)
    #expect(reconnection.delay(after: SQLError(code, ""), at: start) != nil)
    reconnection.recordProgress()
    #expect(reconnection.delay(after: SQLError(code, ""), at: start) == nil)
    var patient = Reconnection(limit: nil)
    #expect(patient.delay(after: SQLError(code, ""), at: start) != nil)
  }

  /// A connection that is lost again and again over the same work counts as one outage.
  @Test func progressEndsAnOutage() {
    var reconnection = Reconnection(limit: .seconds(60), part: { 1 })
    #expect(reconnection.delay(after: lost, at: start) != nil)
    #expect(reconnection.delay(after: lost, at: start + .seconds(61)) == nil)
    reconnection.recordProgress()
    #expect(reconnection.delay(after: lost, at: start + .seconds(61)) == .milliseconds(250))
  }

  /// A worker that has nothing to do commits nothing.
  @Test func aConnectionThatLastedEndsAnOutage() {
    var reconnection = Reconnection(limit: .seconds(60), part: { 1 })
    #expect(reconnection.delay(after: lost, at: start) != nil)
    reconnection.recordConnection(at: start + .seconds(1))
    #expect(reconnection.delay(after: lost, at: start + .seconds(60)) == nil)
    reconnection = Reconnection(limit: .seconds(60), part: { 1 })
    #expect(reconnection.delay(after: lost, at: start) != nil)
    reconnection.recordConnection(at: start + .seconds(1))
    #expect(reconnection.delay(after: lost, at: start + .seconds(3600)) == .milliseconds(250))
  }

  /// Of many processes that lose one server at the same moment.
  @Test func theyDoNotComeBackInStep() {
    let delays = (0..<50).map { _ in
      var reconnection = Reconnection(limit: nil)
      return reconnection.delay(after: lost, at: start) ?? .zero
    }
    #expect(Set(delays).count > 1)
    #expect(delays.allSatisfy { $0 >= .milliseconds(125) && $0 <= .milliseconds(250) })
  }

  @Test func otherErrorsAreNone() {
    var reconnection = Reconnection(limit: nil)
    #expect(reconnection.delay(after: SQLError(.syntax, ""), at: start) == nil)
    #expect(reconnection.delay(after: GradusError(.deltaFailed, "", cause: lost), at: start) != nil)
    #expect(reconnection.delay(after: GradusError(.deltaFailed, ""), at: start) == nil)
    var impatient = Reconnection(limit: .zero)
    #expect(impatient.delay(after: lost, at: start) == nil)
  }
}
