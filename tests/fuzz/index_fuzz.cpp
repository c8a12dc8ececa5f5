// Index segments: docs/format/vault.md §10.
#include <algorithm>

#include "base/wire.h"
#include "fuzz/fixed_keys.h"
#include "seal/sha256.h"
#include "vault/index_merge.h"
#include "vault/signing.h"

using namespace lifeboat;

namespace {

constexpr std::string_view kLabel = "lifeboat/v1/index";

/// The public fields have their length in front; what follows is the plaintext.
Bytes sealed_content(fuzz::Input input) {
  const ByteView public_fields = input.piece();
  const Bytes additional = WireWriter()
                               .put(std::uint8_t{1})
                               .put_bytes(fuzz::fixed_vault().view())
                               .put(std::uint32_t{1})
                               .put(std::uint8_t{6})
                               .put_bytes(fuzz::fixed_author().view())
                               .put_bytes(seal::sha256(public_fields))
                               .take();
  const seal::Nonce nonce{};
  Bytes sealed(nonce.begin(), nonce.end());
  seal::aead_seal(fuzz::fixed_index_keys().aead, nonce, additional, input.rest(), sealed);
  WireWriter second;
  second.put(static_cast<std::uint32_t>(sealed.size())).put_bytes(sealed);
  return fuzz::framed(vault::ObjectType::index_segment, public_fields, second.bytes());
}

Bytes stored_form(fuzz::Input input) {
  const auto wrapping = take_wrapping(input);
  Bytes content(input.rest().begin(), input.rest().end());
  if (wrapping == fuzz::Wrapping::none) return content;
  if (wrapping == fuzz::Wrapping::complete) content = sealed_content(input);
  return vault::signed_object(fuzz::fixed_signing_key(), kLabel, fuzz::fixed_vault(),
                              std::move(content));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes stored = stored_form({data, size});
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    const auto segment =
        vault::IndexSegment::decode(stored, fuzz::fixed_vault(),
                                    fuzz::fixed_signing_key().public_key, fuzz::fixed_index_keys());
    for (std::size_t i = 0; i < segment.size(); ++i) {
      const auto found = segment.find(segment.entry(i).id);
      fuzz::require(found && found->place.counter == segment.entry(i).place.counter,
                    "a segment does not find what it holds");
    }
    // With itself: every id occurs twice, and is kept once.
    const vault::IndexSegment* const both[] = {&segment, &segment};
    const auto again = vault::IndexSegment::decode(
        vault::merge_segments(both, fuzz::fixed_vault(), 1, 1, fuzz::fixed_signing_key(),
                              fuzz::fixed_index_keys()),
        fuzz::fixed_vault(), fuzz::fixed_signing_key().public_key, fuzz::fixed_index_keys());
    fuzz::require(again.size() == segment.size(), "merging a segment loses entries");
  });
  return 0;
}
