// The JSON schemas of spec/. They are built in: the program also runs in a guest that has no source
// tree.
#pragma once

namespace myrt::test {

extern const char* const kConfigSchema;
extern const char* const kStateSchema;
extern const char* const kFeaturesSchema;

}  // namespace myrt::test
