/// A command with `--format`: where it writes JSON, its errors are JSON, too.
package protocol FormattedCommand {
  var output: OutputOptions { get }
}
