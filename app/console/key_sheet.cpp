// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/key_sheet.h"

#include "widgets/base/key_boxes.h"
#include "widgets/base/sheet_size.h"
#include "widgets/base/theme.h"

#include <QBoxLayout>
#include <QGridLayout>
#include <QScrollArea>

namespace pilothouse::console {

using namespace ui;

KeySheet::KeySheet(const ActionCatalogue &actions, const std::vector<PanelEntry> &panels, QWidget *window) : QDialog(window) {
    setObjectName(QStringLiteral("keySheet"));
    setWindowTitle(tr("Keys"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(4);
    int line = 0;
    const auto heading = [&](const QString &text) {
        grid->setRowMinimumHeight(line++, 8);
        grid->addWidget(new Label(text, TextRole::Title), line++, 0, 1, 2);
    };
    const auto add = [&](const QStringList &keys, const QString &text) {
        grid->addWidget(new KeyBoxes(keys, this), line, 0, Qt::AlignLeft);
        grid->addWidget(new Label(text, TextRole::Body, &Tokens::t2), line++, 1);
    };
    const auto section = [&](const QString &title, const QString &panel) {
        bool first = true;
        for (const ActionSpec &spec : actions.all()) {
            if (spec.panel != panel || spec.shortcut.isEmpty())
                continue;
            if (first)
                heading(title);
            first = false;
            add(keyWords(spec.shortcut), actions.label(spec.id));
        }
    };
    section(tr("Everywhere"), {});
    heading(tr("Tables and lists"));
    add({QStringLiteral("J")}, tr("next row"));
    add({QStringLiteral("K")}, tr("row before"));
    add({QStringLiteral("↵")}, tr("open"));
    add({QStringLiteral("Ctrl"), QStringLiteral("C")}, tr("copy row as text"));
    heading(tr("Charts"));
    add({QStringLiteral("←"), QStringLiteral("→")}, tr("move the crosshair"));
    add({QStringLiteral("Space")}, tr("pin it"));
    add({QStringLiteral("Ctrl"), QStringLiteral("C")}, tr("copy the values as text"));
    for (const PanelEntry &panel : panels)
        section(panel.title, panel.id);
    auto *inside = new QWidget;
    auto *insideColumn = new QVBoxLayout(inside);
    insideColumn->addLayout(grid);
    insideColumn->addStretch(1);
    auto *scroll = new QScrollArea;
    scroll->setWidget(inside);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(tr("Keys"));
    scroll->setFocusPolicy(Qt::StrongFocus); // the arrow keys scroll; Escape closes
    auto *column = new QVBoxLayout(this);
    column->addWidget(scroll);
    scroll->setFocus();
    resize(sheetSize(window, 460, 560));
}

} // namespace pilothouse::console
