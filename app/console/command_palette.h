// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/snapshot.h"
#include "widgets/base/action_catalogue.h"
#include "widgets/base/state.h"

#include <QAbstractListModel>
#include <QPointer>
#include <QWidget>

#include <functional>
#include <vector>

class QLineEdit;

namespace pilothouse::ui {
class Label;
class List;
} // namespace pilothouse::ui

namespace pilothouse::console {

/// One thing the palette can find.
struct PaletteItem {
    QString section, text, detail, icon;
    ui::State state = ui::State::None;
    QStringList keys;
    QString blocked; ///< why not; shown instead of the detail, and Enter does nothing
    QChar prefix;    ///< '>' command, '#' run, '@' endpoint, or null
    std::function<void()> run;
};

/// Matches of a text, best first within the section order in which items were given; of matches of one kind the blocked last. Prefixes '>' '#' '@' narrow it.
class PaletteModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { PositionsRole = Qt::UserRole + 60, KeysRole, BlockedRole };
    using QAbstractListModel::QAbstractListModel;
    void setItems(std::vector<PaletteItem> items);
    void setText(const QString &text);
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    const PaletteItem *item(const QModelIndex &index) const;
    int found() const { return m_found; }

private:
    struct Line {
        int item = -1; ///< −1: a section heading
        QString heading;
        std::vector<int> positions;
    };
    std::vector<PaletteItem> m_items;
    std::vector<Line> m_lines;
    int m_found = 0;
};

/// Ctrl K: a field and a list over a painted scrim; a child of the window, no window of its own.
class CommandPalette : public QWidget {
    Q_OBJECT
public:
    explicit CommandPalette(QWidget *window);
    void open(std::vector<PaletteItem> items, const QString &text = {});
    void close();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void search();
    void place();
    void move(int by);
    void run();
    QWidget *m_window;
    QPointer<QWidget> m_before;
    QLineEdit *m_edit;
    ui::List *m_list;
    ui::Label *m_count;
    PaletteModel *m_model;
    QRect m_box;
};

} // namespace pilothouse::console
