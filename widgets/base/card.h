// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel_state.h"
#include "widgets/base/source_label.h"

#include <QWidget>

class QGridLayout;
class QHBoxLayout;
class QVBoxLayout;

namespace pilothouse::ui {

/// The box all content stands in: 36 px header with title, subtitle, tools and source, a hairline, and a body in one of
/// five states. One pixel edge, no shadow.
class Card : public QWidget {
    Q_OBJECT
public:
    explicit Card(const QString &title = {}, QWidget *parent = nullptr); ///< no title: no header
    void setTitle(const QString &title);
    void setSubtitle(const QString &subtitle);
    void setTitleMono(bool mono);
    void addTool(QWidget *tool);     ///< right, in order, before the source label
    void addLeftTool(QWidget *tool); ///< directly after the subtitle
    SourceLabel *source() const { return m_source; }
    void setBody(QWidget *body, int margin = 0);
    QWidget *body() const;
    /// Body with a vertical layout of 12 px margins, made on first call.
    QVBoxLayout *bodyLayout(int margin = 12, int spacing = 8);
    void showState(const ScreenState &state) { m_state->show(state); }
    PanelState *state() const { return m_state; }
    void setFolded(bool folded); ///< only the header is left
    void setEdge(Ink ink); ///< e.g. pau for a card that waits for an answer
    QString title() const { return m_title->text(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Label *m_title, *m_subtitle;
    SourceLabel *m_source;
    QWidget *m_header;
    QHBoxLayout *m_headerRow;
    PanelState *m_state;
    Ink m_edge = &Tokens::line;
    int m_leftTools = 2;
};

/// A horizontal hairline.
class HairLine : public QWidget {
    Q_OBJECT
public:
    explicit HairLine(QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
};

/// Label above value pairs: 96 px keys in third ink, values wrap. Rows with an empty value are left out.
class KeyValues : public QWidget {
    Q_OBJECT
public:
    struct Row {
        QString key, value;
        bool mono = false;
        Ink ink = &Tokens::t1;
        bool operator==(const Row &) const = default;
    };
    explicit KeyValues(QWidget *parent = nullptr);
    void setRows(const std::vector<Row> &rows); ///< the same again costs nothing, and what is selected stays selected
    void setKeyWidth(int pixels);
    QString text() const; ///< "key: value" lines, for copying

private:
    std::vector<Row> m_rows;
    QGridLayout *m_grid;
    int m_keyWidth = 96;
};

} // namespace pilothouse::ui
