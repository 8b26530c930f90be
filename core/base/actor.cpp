// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/actor.h"

#include <QtGlobal>

#include <pwd.h>
#include <unistd.h>
#include <vector>

namespace pilothouse {

namespace {
QString &program() {
    static QString name = QStringLiteral("pilot");
    return name;
}
} // namespace

QString currentActor() {
    std::vector<char> buffer(16384);
    passwd entry{};
    passwd *found = nullptr;
    ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found);
    return found ? QString::fromLocal8Bit(found->pw_name) : QString::number(::getuid());
}

void setProgramName(const QString &name) { program() = name; }
QString programName() { return program(); }

} // namespace pilothouse
