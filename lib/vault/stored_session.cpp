#include "vault/stored_session.h"

#include <algorithm>

#include "base/error.h"
#include "seal/sha256.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

Bytes fetch_plain(const Vault& vault, const store::ObjectKey& key,
                  const std::optional<ObjectHash>& named) {
  auto stored = vault.store().get(key, kMaxSessionBytes);
  if (!stored) throw Error(ErrorKind::corrupt, key.name() + " is missing, but a snapshot needs it");
  if (named && *named != ObjectHash{seal::sha256(*stored)}) {
    throw Error(ErrorKind::corrupt, key.name() + " is not the one that the snapshot names");
  }
  return std::move(*stored);
}

bool lists(const SessionHeader& header, const KeyId& reader) {
  return std::ranges::find(header.recipients, reader, &SessionHeader::Recipient::key) !=
         header.recipients.end();
}

/// Nothing if it is not sealed to this reader. Throws corrupt if it is not good.
std::optional<seal::SecretKey> open_again(ByteView again, const OpenedSession& session,
                                          const Vault& vault) {
  const SessionHeader header = decode_sealed_again(again, session.plain);
  if (!lists(header, vault.self_id())) return std::nullopt;
  seal::SecretKey key = open_session_key(again, vault.self());
  // The plain header's MAC ties this key to what a signed record names.
  if (!has_session_mac(session.stored_plain, SessionKeys::from(key))) {
    throw Error(ErrorKind::corrupt, "it holds the key of another session");
  }
  return key;
}

/// The key, by the first header sealed again that is good and opens.
seal::SecretKey find_key_again(const Vault& vault, const OpenedSession& session) {
  std::optional<Error> passed_over;
  const SessionHeader& plain = session.plain;
  for (std::uint64_t n = 1; n <= names::kMaxSealedAgain; ++n) {
    try {
      const auto again = fetch_sealed_again(vault, plain.generation, plain.id, n);
      if (!again) break;
      if (auto key = open_again(*again, session, vault)) return *key;
    } catch (Error& error) {
      if (error.kind() != ErrorKind::corrupt) throw;
      error.add_context("read " + names::session(plain.generation, plain.id, n).name());
      if (!passed_over) passed_over = error;
    }
  }
  if (passed_over) throw Error(*passed_over);
  throw Error(ErrorKind::denied, "session " + plain.id.hex() + " is not sealed to this credential",
              "with an identity that was there before: lifeboat vault keys rewrap");
}

}  // namespace

std::optional<Bytes> fetch_sealed_again(const Vault& vault, Generation generation,
                                        const SessionId& id, std::uint64_t again) {
  return vault.store().get(names::session(generation, id, again), kMaxSessionBytes);
}

OpenedSession open_stored_session(const Vault& vault, Generation generation, const SessionId& id,
                                  const std::optional<ObjectHash>& named) {
  const auto key = names::session(generation, id);
  OpenedSession session;
  session.stored_plain = fetch_plain(vault, key, named);
  return with_context("read " + key.name(), [&] {
    session.plain = SessionHeader::decode(session.stored_plain);
    const SessionHeader& plain = session.plain;
    plain.require_place(vault.id(), generation, id);
    session.key = lists(plain, vault.self_id())
                      ? open_session_key(session.stored_plain, vault.self())
                      : find_key_again(vault, session);
    return std::move(session);
  });
}

SessionHeader decode_sealed_again(ByteView again, const SessionHeader& plain) {
  SessionHeader header = SessionHeader::decode(again);
  if (header.vault != plain.vault || header.generation != plain.generation ||
      header.id != plain.id || header.writer != plain.writer) {
    throw Error(ErrorKind::corrupt, "it belongs to another session or vault");
  }
  return header;
}

SessionHeader require_sealed_again(ByteView again, const OpenedSession& session) {
  SessionHeader header = decode_sealed_again(again, session.plain);
  if (!has_session_mac(again, SessionKeys::from(session.key))) {
    throw Error(ErrorKind::corrupt, "whoever sealed it again did not know the session's key");
  }
  return header;
}

}  // namespace lifeboat::vault
