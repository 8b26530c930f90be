// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/button.h"
#include "widgets/base/panel.h"

namespace pilothouse::ui {

/// The bytes of a file, made on a pool thread: holds values only, no widget.
using ExportBytes = std::function<QByteArray()>;
/// The widget as it is laid out now, at twice its size on a card's ground, as a PNG file.
ExportBytes pngOf(QWidget &shown);

/// The same as an SVG file; its text and lines stay text and lines.
ExportBytes svgOf(QWidget &shown);

QByteArray csvField(const QString &text); ///< quoted where a CSV file needs it
QByteArray csvNumber(double value);       ///< as few digits as give the same number back; NaN: empty

/// Asks for a place, makes the bytes on a pool and writes them there; a notice says how it went.
/// @param owner  whose figures these are
/// @param name   of the file, with its end; what a file cannot be called is replaced
void saveAs(const PanelContext &context, QWidget *owner, const QString &name, const QString &filter, const ExportBytes &bytes);

/// What a chart or a table gives away.
struct Export {
    QString what;                           ///< "Save %1 as CSV…": "the explanation"
    std::function<QString()> name;          ///< of the file, without its end: "why-t2m-v3"
    std::function<ExportBytes()> csv, png;  ///< asked in the GUI thread when the command runs
    std::function<QString()> blocked;       ///< why there is nothing to save; empty: there is
    std::function<ExportBytes()> svg = {};  ///< not set: there is no such command
    std::function<QString()> svgBlocked = {}; ///< why there is none of what is shown now, where it can be saved otherwise
};
/// Adds the commands IDCsv and IDPng, and IDSvg where it gives one, of a panel: each asks for a place, writes there on a pool, and a notice says how it went.
/// @param owner  whose figures these are; lives as long as the commands
void addExport(const PanelContext &context, QWidget *owner, const QString &panel, const QString &id, const Export &give);
QStringList exportActions(const QString &id, bool svg = false); ///< IDCsv, IDPng, IDSvg

/// "Save…": a menu of such commands.
class ExportButton : public Button {
    Q_OBJECT
public:
    ExportButton(ActionCatalogue &actions, const QStringList &ids, QWidget *parent = nullptr);
    void refreshMenu(); ///< call when there is something to save, or nothing any more

private:
    void openMenu();
    ActionCatalogue &m_catalogue;
    QStringList m_ids;
};

} // namespace pilothouse::ui
