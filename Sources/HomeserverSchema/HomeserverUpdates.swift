public import GradusUpdates

/// What the homeserver brings to Gradus: the code of its background updates.
public enum HomeserverUpdates {
  /// The handlers of all its updates, for the runner to register.
  public static let handlers: [any UpdateHandler] = [
    PrefillJoinedRoomsUpdate(),
    JoinedRoomsUpdate(),
    MembershipSnapshotsUpdate(),
    FixForgottenUpdate(),
  ]
}
