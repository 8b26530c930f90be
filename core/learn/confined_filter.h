// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace pilothouse::learn {

/// What a confined child may not ask of the kernel, as a program of the kernel's packet filter (seccomp): who computes needs no network, no
/// other process, no mount, no key, no trace. Those calls fail with EPERM; calls newer than this list, and clone3, whose flags a filter
/// cannot see, with ENOSYS, which the C library answers by an older one. A list of what is refused, not of what is allowed: Python's
/// libraries differ in the harmless calls they make.
/// @return the bytes of struct sock_filter[]; empty on a processor whose calls are not listed here (x86-64 and ARM64 are).
QByteArray confinedFilter();

/// A second one for a child that has started: it cannot become another program.
QByteArray noProgramFilter();

} // namespace pilothouse::learn
