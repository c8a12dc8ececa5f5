// Packs as `lifeboat vault check --decrypt` reads them, from the session header in front to the
// directory at the end: docs/format/vault.md §9.
#include <algorithm>
#include <memory>

#include "base/clock.h"
#include "base/wire.h"
#include "fuzz/fixed_keys.h"
#include "seal/sha256.h"
#include "store/memory_store.h"
#include "vault/blob_check.h"
#include "vault/new_vault.h"
#include "vault/object_names.h"
#include "vault/pack.h"
#include "vectors/fixed_random.h"

using namespace lifeboat;

namespace {

/// A vault with one session in it, the same in every run.
class OneSession {
 public:
  OneSession() : clock_(*parse_instant("2026-11-23T03:12:00Z")), store_(clock_) {
    vectors::use_fixed_random("fuzz");
    const vault::NewVault made = vault::plan_vault({}, clock_.now());
    vault::publish(made, store_);
    for (const vault::Capability& one : made.capabilities) {
      if (one.role == vault::Role::identity) vault_.emplace(store_, one);
      if (one.role == vault::Role::writer) writer_ = one.key_id();
    }
    session_ = vault::start_session(made.state, writer_, clock_.now());
    static_cast<void>(store_.put(vault::names::session(1, session_.header.id), session_.stored));
  }

  /// What is in front, and the directory, are real; the blobs between are the input.
  [[nodiscard]] Bytes pack(vault::ObjectType type, ByteView blobs, ByteView directory) const {
    Bytes bytes = fuzz::framed(type, session_.stored, blobs);
    const Bytes additional = WireWriter()
                                 .put(std::uint8_t{1})
                                 .put_bytes(vault_->id().view())
                                 .put(std::uint32_t{1})
                                 .put(static_cast<std::uint8_t>(type))
                                 .put_bytes(writer_.view())
                                 .put_bytes(session_.header.id.view())
                                 .take();
    const std::size_t front = bytes.size();
    const seal::Nonce nonce{};
    append(bytes, nonce);
    const auto keys = vault_->keyring().index_keys(1, writer_);
    seal::aead_seal(keys->aead, nonce, additional, directory, bytes);
    const auto sealed_bytes = static_cast<std::uint32_t>(bytes.size() - front);
    append(bytes, WireWriter().put(sealed_bytes).bytes());
    append(bytes, as_bytes("LBPACK01"));
    return bytes;
  }

  void check(ByteView pack, vault::ObjectType type) const {
    vault::names::Parsed name;
    name.type = type;
    name.generation = 1;
    name.hash.bytes = seal::sha256(pack);
    vault::BlobCheck check(*vault_, {});
    static_cast<void>(check.check(pack, name));
  }

  /// A pack that the project itself wrote, of the input as one chunk and one list.
  [[nodiscard]] vault::Pack honest(ByteView plaintext) const {
    const vault::BlobContext context{vault_->id(), 1, session_.header.id, writer_};
    const auto writer = vault_->keyring().writer_keys(1, writer_);
    vault::PackBuilder builder(vault::ObjectType::data_pack, context, session_.stored);
    vault::BlobSealer sealer(context);
    const auto id = vault::chunk_id(*writer, plaintext);
    vault::NonceCounter nonces;
    builder.added(id, sealer.seal(session_.keys, vault::BlobKind::chunk, id, nonces.next(),
                                  plaintext, builder.tail()));
    return builder.finish(*vault_->keyring().index_keys(1, writer_));
  }

 private:
  FakeClock clock_;
  store::MemoryStore store_;
  std::optional<vault::Vault> vault_;
  vault::KeyId writer_;
  vault::NewSession session_;
};

const OneSession& one_session() {
  static const OneSession only;
  return only;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto wrapping = take_wrapping(input);
  const auto type =
      input.byte() % 2 == 0 ? vault::ObjectType::data_pack : vault::ObjectType::meta_pack;
  if (wrapping == fuzz::Wrapping::none) {
    fuzz::answers_with(fuzz::kStoredKinds, [&] { one_session().check(input.rest(), type); });
  } else if (wrapping == fuzz::Wrapping::signed_) {
    const vault::Pack pack = one_session().honest(input.rest());
    fuzz::require(
        fuzz::answers_with(fuzz::kStoredKinds, [&] { one_session().check(pack.bytes, pack.type); }),
        "a pack that was written honestly is refused");
  } else {
    const ByteView blobs = input.piece();
    const Bytes pack = one_session().pack(type, blobs, input.rest());
    fuzz::answers_with(fuzz::kStoredKinds, [&] { one_session().check(pack, type); });
  }
  return 0;
}
