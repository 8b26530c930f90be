// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/theme.h"

#include <QPlainTextEdit>

namespace pilothouse::ui {

/// Lines of a difference as cluster::lineDiff() has them ("+new", "-gone", " same", "@@ …"), to read, search and copy: sign and ink say what is new and what goes.
class DiffView : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit DiffView(QWidget *parent = nullptr);
    void setDiff(const QStringList &lines);

private:
    void restyle();
    class Inks;
    Inks *m_inks;
};

} // namespace pilothouse::ui
