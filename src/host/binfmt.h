// Whether the host could execute files that are neither native ELF nor scripts (binfmt_misc).
#pragma once

namespace myrt::host {

/// True when binfmt_misc is mounted, enabled and has an entry. What the entry matches is the
/// kernel's business.
bool foreign_formats();

}  // namespace myrt::host
