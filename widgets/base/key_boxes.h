// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QStringList>
#include <QWidget>

namespace pilothouse::ui {

/// A shortcut as the words in its boxes: "Ctrl K" → {Ctrl, K}; "G, O" → {G, O}; "Ctrl++" → {Ctrl, +}.
QStringList keyWords(const QKeySequence &keys);

/// The keys of a command, each in its box.
class KeyBoxes : public QWidget {
    Q_OBJECT
public:
    explicit KeyBoxes(QStringList keys, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QStringList m_keys;
};

} // namespace pilothouse::ui
