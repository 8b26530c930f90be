// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

namespace pilothouse::ui {

/// Asks for a place and writes a report of core there: as a page, or as a PDF where the name ends with .pdf. Made and written on a pool; a notice says
/// how it went.
/// @param title  of the dialog   @param name  of the file, without its end   @param html  makes the page; blocking, holds values only
void exportReport(const PanelContext &context, QWidget *owner, const QString &title, const QString &name, const std::function<Result<QByteArray>()> &html);
/// The same to a known place: what follows the dialog.
void exportReportTo(const PanelContext &context, QWidget *owner, const QString &file, const std::function<Result<QByteArray>()> &html);

} // namespace pilothouse::ui
