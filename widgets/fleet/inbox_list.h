// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/cells.h"
#include "widgets/base/panel.h"

#include <QListView>

namespace pilothouse::ui {

/// A group heading or an item of the inbox.
struct InboxLine {
    bool heading = false;
    QString title;
    int count = 0;
    fleet::InboxItem item;
};

/// Headings and items: waiting for a decision, broken or late, soon, handled today.
class InboxModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setItems(const std::vector<fleet::InboxItem> &items, const QDateTime &now);
    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_lines.size()); }
    QVariant data(const QModelIndex &index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    const InboxLine *line(const QModelIndex &index) const;
    int open() const { return m_open; } ///< items that are not handled

private:
    static QString lineKey(const InboxLine &line);
    std::vector<InboxLine> m_lines;
    QDateTime m_now;
    int m_open = 0;
};

/// The verb of an inbox item's button.
QString inboxVerb(const QString &actionId);

/// "Needs me now": the buttons stand on the items themselves, painted, and work by mouse and by Enter.
class InboxList : public QListView {
    Q_OBJECT
public:
    explicit InboxList(QWidget *parent = nullptr);
    void setItems(const std::vector<fleet::InboxItem> &items, const QDateTime &now);
    const InboxModel &items() const { return *m_model; }

Q_SIGNALS:
    void acted(const QString &actionId, const QString &argument);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;

private:
    InboxModel *m_model;
};

} // namespace pilothouse::ui
