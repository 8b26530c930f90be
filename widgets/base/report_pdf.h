// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace pilothouse::ui {

/// An HTML report of core as a PDF file: A4, text that can be searched, charts drawn from its SVG, page numbers beside `foot`. Takes what Qt's rich
/// text knows: tables, headings, paragraphs. Any thread, in a program with a QGuiApplication. Empty: it could not be written.
QByteArray pdfOf(const QByteArray &html, const QString &foot);

} // namespace pilothouse::ui
