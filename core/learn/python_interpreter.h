// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QStringList>

namespace pilothouse::learn {

/// A Python that is installed here, as it says of itself.
struct PythonInterpreter {
    QString program; ///< full path
    QString version; ///< "3.11.2"
    QStringList folders; ///< its environment and the installation below it, where they are not in /usr; what it must be able to read
};

/// @param chosen  a program or the folder of a virtual environment; empty: the python3 of PATH (an activated environment's)
/// It is asked for its folders, so it is started once; packages installed for the user alone (pip --user) do not count.
/// NotFound: there is none. Invalid: it does not answer as Python 3.8 or newer does, or its folder holds the home, which nobody confined may see.
Result<PythonInterpreter> findPython(const QString &chosen);

} // namespace pilothouse::learn
