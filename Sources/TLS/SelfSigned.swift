internal import COpenSSL

/// A certificate that vouches for itself, and its key, as PEM text.
struct SelfSigned {
  /// The fields of the certificate. The owner's name tells our own certificates from an operator's.
  struct Recipe {
    var owner = "Muster development certificate"
    var names = "DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:::1"
    var kind = Identity.Kind.ecdsa
    /// Seconds since 1970.
    var notBefore: Int64
    var notAfter: Int64
  }

  let certificate: [UInt8]
  let key: [UInt8]

  init(_ recipe: Recipe) throws(TLSError) {
    let made = recipe.kind == .ecdsa ? unsafe muster_make_p256_key() : unsafe muster_make_rsa_key()
    guard let pair = unsafe made, let draft = unsafe X509_new() else { throw .taken(.context) }
    defer {
      unsafe EVP_PKEY_free(pair)
      unsafe X509_free(draft)
    }
    guard unsafe Self.fill(draft, recipe, pair), unsafe X509_sign(draft, pair, EVP_sha256()) > 0
    else { throw .taken(.context, "making a certificate") }
    guard
      let certificate = unsafe Self.text({ unsafe PEM_write_bio_X509($0, draft) }),
      let key = unsafe Self.text({
        unsafe PEM_write_bio_PrivateKey($0, pair, nil, nil, 0, nil, nil)
      })
    else { throw .taken(.context, "writing a certificate") }
    self.certificate = certificate
    self.key = key
  }

  private static func fill(
    _ draft: OpaquePointer, _ recipe: Recipe, _ key: OpaquePointer
  ) -> Bool {
    // RFC 5280, 4.1.2.2: a positive serial number nobody else uses.
    var serial = TicketKeys.random(16)
    serial[0] &= 0x7F
    let number = unsafe BN_bin2bn(serial, 16, nil)
    defer { unsafe BN_free(number) }
    let name = unsafe X509_get_subject_name(draft)
    let utf8 = MBSTRING_FLAG | 0
    return unsafe X509_set_version(draft, 2) == 1
      && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(draft)) != nil
      && ASN1_TIME_set(X509_getm_notBefore(draft), Int(recipe.notBefore)) != nil
      && ASN1_TIME_set(X509_getm_notAfter(draft), Int(recipe.notAfter)) != nil
      && X509_NAME_add_entry_by_txt(name, "CN", utf8, recipe.owner, -1, -1, 0) == 1
      && X509_set_issuer_name(draft, name) == 1
      && X509_set_pubkey(draft, key) == 1
      && extend(draft, NID_subject_alt_name, recipe.names)
      && extend(draft, NID_basic_constraints, "critical,CA:FALSE")
      && extend(draft, NID_key_usage, "critical,digitalSignature,keyEncipherment")
      && extend(draft, NID_ext_key_usage, "serverAuth")
  }

  private static func extend(_ draft: OpaquePointer, _ kind: Int32, _ value: String) -> Bool {
    guard let piece = unsafe X509V3_EXT_conf_nid(nil, nil, kind, value) else { return false }
    defer { unsafe X509_EXTENSION_free(piece) }
    return unsafe X509_add_ext(draft, piece, -1) == 1
  }

  private static func text(_ write: (OpaquePointer) -> Int32) -> [UInt8]? {
    guard let memory = unsafe BIO_new(BIO_s_mem()) else { return nil }
    defer { unsafe BIO_free(memory) }
    guard unsafe write(memory) == 1 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = unsafe BIO_read(memory, &bytes, Int32(bytes.count))
    return count > 0 ? Array(bytes[..<Int(count)]) : nil
  }
}
