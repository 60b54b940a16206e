#ifndef COVERHEAR_H
#define COVERHEAR_H

// libcrypto derives the keys of a TLS 1.3 connection and keeps them to itself; its key log would
// tell, in hexadecimal digits and at the price of a twentieth of a handshake. This is a provider of
// libcrypto's that offers TLS13-KDF and leaves the work to the default one, but notes the two
// secrets that the data is protected with.

enum { overhear_longest = 48 };

struct overheard {
  unsigned char client[overhear_longest], server[overhear_longest];
  unsigned client_length, server_length;
};

/// What an SSL_CTX must be made with (SSL_CTX_new_ex) for its connections to be heard.
#define OVERHEAR_PROPERTIES "?provider=muster-overhear"

/// Loads the provider, the first time; 1 if it can be used.
int overhear_install(void);

/// Notes in `place` what this thread derives from now on; NULL: nowhere any more.
void overhear_into(struct overheard *place);

#endif
