/// The pages that are part of the binary.
public enum Page {
  /// The page at `/`.
  public static var index: [UInt8] { PackageResources.index_html }
}
