//! What Exchange 2016 accepts in the requests of the operations played here: for each type its elements in order, its attributes and
//! its values, in a notation of our own. Read off the server's published schema by hand; parts no client of ours could send (entity
//! extraction, rights management, social features) are named only, with the type `any`.
//!
//! ```text
//! Type = Base + @Attribute:Type! Element:Type? (Either | Or)* %Group       an element without a type holds text
//! Values := one two three      Values := int 1 512      Values := list Other      Values := guid
//! ```
//! `?` at most once, `*` any number, `+` at least once, nothing: exactly once; `!` marks a required attribute; `=Type` means text
//! of that type instead of elements. A line that starts with a blank goes on.

/// Types whose elements are in the messages namespace: one per operation.
pub(super) const MESSAGES: &str = "
GetFolder = FolderShape:FolderShape FolderIds:FolderIds
FindFolder = @Traversal:FolderTraversal! FolderShape:FolderShape
 (IndexedPageFolderView:IndexedPageView | FractionalPageFolderView:FractionalPageView)? Restriction:Restriction? ParentFolderIds:FolderIds
CreateFolder = ParentFolderId:TargetFolder Folders:Folders
UpdateFolder = FolderChanges:FolderChanges
DeleteFolder = @DeleteType:Disposal! FolderIds:FolderIds
EmptyFolder = @DeleteType:Disposal! @DeleteSubFolders:bool! FolderIds:FolderIds
MoveFolder = ToFolderId:TargetFolder FolderIds:FolderIds
CopyFolder = ToFolderId:TargetFolder FolderIds:FolderIds
SyncFolderHierarchy = FolderShape:FolderShape SyncFolderId:TargetFolder? SyncState?
SyncFolderItems = ItemShape:ItemShape SyncFolderId:TargetFolder SyncState? Ignore:IgnoredIds? MaxChangesReturned:SyncMaximum SyncScope:SyncScope?
GetItem = ItemShape:ItemShape ItemIds:ItemIds
FindItem = @Traversal:ItemTraversal! ItemShape:ItemShape
 (IndexedPageItemView:IndexedPageView | FractionalPageItemView:FractionalPageView | SeekToConditionPageItemView:SeekView | CalendarView:CalendarView
 | ContactsView:ContactsView)? (GroupBy:any | DistinguishedGroupBy:any)? Restriction:Restriction? SortOrder:SortOrder? ParentFolderIds:FolderIds
 QueryString:QueryString?
CreateItem = @MessageDisposition:MessageDisposition @SendMeetingInvitations:InvitationsOnCreate SavedItemFolderId:TargetFolder? Items:NewItems
UpdateItem = @ConflictResolution:ConflictResolution! @MessageDisposition:MessageDisposition
 @SendMeetingInvitationsOrCancellations:InvitationsOnUpdate @SuppressReadReceipts:bool SavedItemFolderId:TargetFolder? ItemChanges:ItemChanges
DeleteItem = @DeleteType:Disposal! @SendMeetingCancellations:InvitationsOnCreate @AffectedTaskOccurrences:TaskOccurrences
 @SuppressReadReceipts:bool ItemIds:ItemIds
MoveItem = ToFolderId:TargetFolder ItemIds:ItemIds ReturnNewItemIds:bool?
CopyItem = ToFolderId:TargetFolder ItemIds:ItemIds ReturnNewItemIds:bool?
SendItem = @SaveItemToFolder:bool! ItemIds:ItemIds SavedItemFolderId:TargetFolder?
CreateAttachment = ParentItemId:ItemId Attachments:Attachments
GetAttachment = AttachmentShape:AttachmentShape? AttachmentIds:AttachmentIds
DeleteAttachment = AttachmentIds:AttachmentIds
Subscribe = (PullSubscriptionRequest:PullSubscription | PushSubscriptionRequest:PushSubscription | StreamingSubscriptionRequest:StreamingSubscription)
Unsubscribe = SubscriptionId:nonempty
GetEvents = SubscriptionId:nonempty Watermark:nonempty
GetStreamingEvents = SubscriptionIds:SubscriptionIds ConnectionTimeout:StreamingMinutes
ConvertId = @DestinationFormat:IdFormat! SourceIds:AlternateIds
QueryString = @ResetCache:bool @ReturnHighlightTerms:bool @ReturnDeletedItems:bool =text
";

/// Types whose elements are in the types namespace, and all values.
pub(super) const TYPES: &str = "
Headers = (RequestServerVersion:RequestServerVersion | MailboxCulture:text | TimeZoneContext:TimeZoneContext | ExchangeImpersonation:any
 | SerializedSecurityContext:any | DateTimePrecision:DateTimePrecision | ManagementRole:any)*
RequestServerVersion = @Version:text!
TimeZoneContext = TimeZoneDefinition:TimeZoneDefinition
DateTimePrecision := Seconds Milliseconds

FolderId = @Id:text! @ChangeKey
DistinguishedFolderId = @Id:DistinguishedFolder! @ChangeKey Mailbox:EmailAddress?
AddressListId = @Id:text!
FolderIds = (FolderId:FolderId | DistinguishedFolderId:DistinguishedFolderId)+
TargetFolder = (FolderId:FolderId | DistinguishedFolderId:DistinguishedFolderId | AddressListId:AddressListId)
ItemId = @Id:text! @ChangeKey
OccurrenceItemId = @RecurringMasterId:text! @ChangeKey @InstanceIndex:int!
RecurringMasterItemId = @OccurrenceId:text! @ChangeKey
RecurringMasterItemIdRanges = @Id:text! @ChangeKey Ranges:any?
ItemIds = (ItemId:ItemId | OccurrenceItemId:OccurrenceItemId | RecurringMasterItemId:RecurringMasterItemId
 | RecurringMasterItemIdRanges:RecurringMasterItemIdRanges)+
IgnoredIds = ItemId:ItemId*
AlternateIds = (AlternateId:AlternateId | AlternatePublicFolderId:any | AlternatePublicFolderItemId:any)+
AlternateId = @Format:IdFormat! @Id:text! @Mailbox:nonempty! @IsArchive:bool
IdFormat := EwsLegacyId EwsId EntryId HexEntryId StoreId OwaId
DistinguishedFolder := calendar contacts deleteditems drafts inbox journal notes outbox sentitems tasks msgfolderroot publicfoldersroot root
 junkemail searchfolders voicemail recoverableitemsroot recoverableitemsdeletions recoverableitemsversions recoverableitemspurges archiveroot
 archivemsgfolderroot archivedeleteditems archiveinbox archiverecoverableitemsroot archiverecoverableitemsdeletions
 archiverecoverableitemsversions archiverecoverableitemspurges syncissues conflicts localfailures serverfailures recipientcache quickcontacts
 conversationhistory adminauditlogs todosearch mycontacts directory imcontactlist peopleconnect favorites

FolderShape = BaseShape:BaseShape AdditionalProperties:Paths?
ItemShape = BaseShape:BaseShape IncludeMimeContent:bool? BodyType:BodyTypeAsked? UniqueBodyType:BodyTypeAsked? NormalizedBodyType:BodyTypeAsked?
 FilterHtmlContent:bool? ConvertHtmlCodePageToUTF8:bool? InlineImageUrlTemplate? BlockExternalImages:bool? AddBlankTargetToLinks:bool?
 MaximumBodySize:int? AdditionalProperties:Paths?
AttachmentShape = IncludeMimeContent:bool? BodyType:BodyTypeAsked? FilterHtmlContent:bool? AdditionalProperties:Paths?
BaseShape := IdOnly Default AllProperties PcxPeopleSearch
BodyTypeAsked := Best HTML Text
Paths = %Path+
Path = (FieldURI:PlainPath | IndexedFieldURI:IndexedPath | ExtendedFieldURI:ExtendedPath)
PlainPath = @FieldURI:field!
IndexedPath = @FieldURI:IndexedField! @FieldIndex:text!
IndexedField := item:InternetMessageHeader contacts:ImAddress contacts:PhysicalAddress:Street contacts:PhysicalAddress:City
 contacts:PhysicalAddress:State contacts:PhysicalAddress:CountryOrRegion contacts:PhysicalAddress:PostalCode contacts:PhoneNumber
 contacts:EmailAddress distributionlist:Members:Member
ExtendedPath = @DistinguishedPropertySetId:DistinguishedPropertySet @PropertySetId:guid @PropertyTag:proptag @PropertyName @PropertyId:int
 @PropertyType:PropertyType!
DistinguishedPropertySet := Meeting Appointment Common PublicStrings Address InternetHeaders CalendarAssistant UnifiedMessaging Task Sharing
PropertyType := ApplicationTime ApplicationTimeArray Binary BinaryArray Boolean CLSID CLSIDArray Currency CurrencyArray Double DoubleArray Error
 Float FloatArray Integer IntegerArray Long LongArray Null Object ObjectArray Short ShortArray SystemTime SystemTimeArray String StringArray

IndexedPageView = @MaxEntriesReturned:positive @Offset:int! @BasePoint:PagePoint!
FractionalPageView = @MaxEntriesReturned:positive @Numerator:int! @Denominator:int!
SeekView = @MaxEntriesReturned:positive @BasePoint:PagePoint! Condition:Restriction
CalendarView = @MaxEntriesReturned:positive @StartDate:time! @EndDate:time!
ContactsView = @MaxEntriesReturned:positive @InitialName @FinalName
PagePoint := Beginning End
SortOrder = FieldOrder:FieldOrder+
FieldOrder = @Order:SortDirection! %Path
SortDirection := Ascending Descending
FolderTraversal := Shallow Deep SoftDeleted
ItemTraversal := Shallow SoftDeleted Associated
Restriction = %Search
Search = (Exists:Exists | Excludes:Excludes | IsEqualTo:Comparison | IsNotEqualTo:Comparison | IsGreaterThan:Comparison
 | IsGreaterThanOrEqualTo:Comparison | IsLessThan:Comparison | IsLessThanOrEqualTo:Comparison | Contains:Contains | Not:Restriction
 | And:Searches | Or:Searches)
Searches = %Search+
Exists = %Path
Excludes = %Path Bitmask:Bitmask
Bitmask = @Value:text!
Comparison = %Path FieldURIOrConstant:Operand
Operand = (%Path | Constant:Constant)
Constant = @Value:text!
Contains = @ContainmentMode:ContainmentMode @ContainmentComparison:ContainmentComparison %Path Constant:Constant
ContainmentMode := FullString Prefixed Substring PrefixOnWords ExactPhrase
ContainmentComparison := Exact IgnoreCase IgnoreNonSpacingCharacters Loose IgnoreCaseAndNonSpacingCharacters LooseAndIgnoreCase
 LooseAndIgnoreNonSpace LooseAndIgnoreCaseAndIgnoreNonSpace

Disposal := HardDelete SoftDelete MoveToDeletedItems
InvitationsOnCreate := SendToNone SendOnlyToAll SendToAllAndSaveCopy
InvitationsOnUpdate := SendToNone SendOnlyToAll SendOnlyToChanged SendToAllAndSaveCopy SendToChangedAndSaveCopy
MessageDisposition := SaveOnly SendOnly SendAndSaveCopy
ConflictResolution := NeverOverwrite AutoResolve AlwaysOverwrite
TaskOccurrences := AllOccurrences SpecifiedOccurrenceOnly
SyncMaximum := int 1 512
SyncScope := NormalItems NormalAndAssociatedItems
StreamingMinutes := int 1 30
PullMinutes := int 1 1440

SubscriptionIds = SubscriptionId:nonempty+
BaseSubscription = @SubscribeToAllFolders:bool FolderIds:FolderIds? EventTypes:EventTypes Watermark:nonempty?
PullSubscription = BaseSubscription + Timeout:PullMinutes
PushSubscription = BaseSubscription + StatusFrequency:PullMinutes URL CallerData?
StreamingSubscription = @SubscribeToAllFolders:bool FolderIds:FolderIds? EventTypes:EventTypes
EventTypes = EventType:EventType+
EventType := CopiedEvent CreatedEvent DeletedEvent ModifiedEvent MovedEvent NewMailEvent FreeBusyChangedEvent

Folders = %AnyFolder+
AnyFolder = (Folder:Folder | CalendarFolder:CalendarFolder | ContactsFolder:ContactsFolder | SearchFolder:SearchFolder | TasksFolder:TasksFolder)
BaseFolder = FolderId:FolderId? ParentFolderId:FolderId? FolderClass? DisplayName? TotalCount:int? ChildFolderCount:int?
 ExtendedProperty:ExtendedProperty* ManagedFolderInformation:any? EffectiveRights:EffectiveRights? DistinguishedFolderId:DistinguishedFolder?
 PolicyTag:any? ArchiveTag:any?
Folder = BaseFolder + PermissionSet:any? UnreadCount:int?
SearchFolder = Folder + SearchParameters:any?
TasksFolder = Folder +
CalendarFolder = BaseFolder + SharingEffectiveRights:text? PermissionSet:any?
ContactsFolder = BaseFolder + SharingEffectiveRights:text? PermissionSet:any? SourceId? AccountName?
FolderChanges = FolderChange:FolderChange+
FolderChange = (FolderId:FolderId | DistinguishedFolderId:DistinguishedFolderId) Updates:FolderUpdates
FolderUpdates = (AppendToFolderField:SetFolderField | SetFolderField:SetFolderField | DeleteFolderField:DeleteField)+
SetFolderField = %Path %AnyFolder
DeleteField = %Path
EffectiveRights = CreateAssociated:bool CreateContents:bool CreateHierarchy:bool Delete:bool Modify:bool Read:bool ViewPrivateItems:bool?

ItemChanges = ItemChange:ItemChange+
ItemChange = (ItemId:ItemId | OccurrenceItemId:OccurrenceItemId | RecurringMasterItemId:RecurringMasterItemId) Updates:ItemUpdates
ItemUpdates = (AppendToItemField:SetItemField | SetItemField:SetItemField | DeleteItemField:DeleteField)+
SetItemField = %Path %AnyItem
AnyItem = (Item:Item | Message:Message | SharingMessage:any | CalendarItem:CalendarItem | Contact:Contact | DistributionList:DistributionList
 | MeetingMessage:MeetingMessage | MeetingRequest:any | MeetingResponse:any | MeetingCancellation:any | Task:Task | PostItem:PostItem)
NewItems = (%AnyItem | ReplyToItem:any | ForwardItem:any | ReplyAllToItem:any | AcceptItem:any | TentativelyAcceptItem:any | DeclineItem:any
 | CancelCalendarItem:any | RemoveItem:any | SuppressReadReceipt:any | PostReplyItem:any | AcceptSharingInvitation:any)+

Item = MimeContent:MimeContent? ItemId:ItemId? ParentFolderId:FolderId? ItemClass? Subject? Sensitivity:Sensitivity? Body:Body?
 Attachments:Attachments? DateTimeReceived:time? Size:int? Categories:Strings? Importance:Importance? InReplyTo? IsSubmitted:bool? IsDraft:bool?
 IsFromMe:bool? IsResend:bool? IsUnmodified:bool? InternetMessageHeaders:InternetMessageHeaders? DateTimeSent:time? DateTimeCreated:time?
 ResponseObjects:any? ReminderDueBy:time? ReminderIsSet:bool? ReminderNextTime:time? ReminderMinutesBeforeStart:ReminderMinutes? DisplayCc?
 DisplayTo? DisplayBcc? HasAttachments:bool? ExtendedProperty:ExtendedProperty* Culture? EffectiveRights:EffectiveRights? LastModifiedName?
 LastModifiedTime:time? IsAssociated:bool? WebClientReadFormQueryString? WebClientEditFormQueryString? ConversationId:ItemId? UniqueBody:Body?
 Flag:Flag? StoreEntryId:base64? InstanceKey:base64? NormalizedBody:Body? EntityExtractionResult:any? PolicyTag:any? ArchiveTag:any?
 RetentionDate:time? Preview? RightsManagementLicenseData:any? PredictedActionReasons:any? IsClutter:bool? BlockStatus:bool?
 HasBlockedImages:bool? TextBody:Body? IconIndex:text?
MimeContent = @CharacterSet =text
Body = @BodyType:BodyType! @IsTruncated:bool =text
BodyType := HTML Text
Sensitivity := Normal Personal Private Confidential
Importance := Low Normal High
ReminderMinutes := text
Strings = String*
InternetMessageHeaders = InternetMessageHeader:InternetMessageHeader+
InternetMessageHeader = @HeaderName:text! =text
Flag = FlagStatus:FlagStatus StartDate:time? DueDate:time? CompleteDate:time?
FlagStatus := NotFlagged Flagged Complete
ExtendedProperty = ExtendedFieldURI:ExtendedPath (Value | Values:PropertyValues)
PropertyValues = Value+
Attachments = (ItemAttachment:ItemAttachment | FileAttachment:FileAttachment | ReferenceAttachment:any)+
AttachmentIds = AttachmentId:AttachmentId+
AttachmentId = @Id:text! @RootItemId @RootItemChangeKey
BaseAttachment = AttachmentId:AttachmentId? Name? ContentType? ContentId? ContentLocation? Size:int? LastModifiedTime:time? IsInline:bool?
FileAttachment = BaseAttachment + IsContactPhoto:bool? Content:base64?
ItemAttachment = BaseAttachment + %AnyItem?

Message = Item + Sender:Recipient? ToRecipients:Recipients? CcRecipients:Recipients? BccRecipients:Recipients? IsReadReceiptRequested:bool?
 IsDeliveryReceiptRequested:bool? ConversationIndex:base64? ConversationTopic? From:Recipient? InternetMessageId? IsRead:bool?
 IsResponseRequested:bool? References? ReplyTo:Recipients? ReceivedBy:Recipient? ReceivedRepresenting:Recipient? ApprovalRequestData:any?
 VotingInformation:any? ReminderMessageData:any?
MeetingMessage = Message + AssociatedCalendarItemId:ItemId? IsDelegated:bool? IsOutOfDate:bool? HasBeenProcessed:bool? ResponseType:ResponseType?
 UID? RecurrenceId:time? DateTimeStamp:time? IsOrganizer:bool?
PostItem = Item + ConversationIndex:base64? ConversationTopic? From:Recipient? InternetMessageId? IsRead:bool? PostedTime:time? References?
 Sender:Recipient?
Recipient = Mailbox:EmailAddress
Recipients = Mailbox:EmailAddress*
EmailAddress = Name? EmailAddress:nonempty? RoutingType:nonempty? MailboxType:MailboxType? ItemId:ItemId? OriginalDisplayName?
MailboxType := Unknown OneOff Mailbox PublicDL PrivateDL Contact PublicFolder GroupMailbox ImplicitContact

Contact = Item + FileAs? FileAsMapping:FileAsMapping? DisplayName? GivenName? Initials? MiddleName? Nickname? CompleteName:CompleteName?
 CompanyName? EmailAddresses:EmailAddresses? PhysicalAddresses:PhysicalAddresses? PhoneNumbers:PhoneNumbers? AssistantName? Birthday:time?
 BusinessHomePage? Children:Strings? Companies:Strings? ContactSource:ContactSource? Department? Generation? ImAddresses:ImAddresses? JobTitle?
 Manager? Mileage? OfficeLocation? PostalAddressIndex:PostalAddressIndex? Profession? SpouseName? Surname? WeddingAnniversary:time?
 HasPicture:bool? PhoneticFullName? PhoneticFirstName? PhoneticLastName? Alias? Notes? Photo:base64? UserSMIMECertificate:any?
 MSExchangeCertificate:any? DirectoryId? ManagerMailbox:Recipient? DirectReports:Recipients?
FileAsMapping := None LastCommaFirst FirstSpaceLast Company LastCommaFirstCompany CompanyLastFirst LastFirst LastFirstCompany
 CompanyLastCommaFirst LastFirstSuffix LastSpaceFirstCompany CompanyLastSpaceFirst LastSpaceFirst DisplayName FirstName LastFirstMiddleSuffix
 LastName Empty
CompleteName = Title? FirstName? MiddleName? LastName? Suffix? Initials? FullName? Nickname? YomiFirstName? YomiLastName?
ContactSource := ActiveDirectory Store
PostalAddressIndex := None Home Business Other
EmailAddresses = Entry:EmailAddressEntry+
EmailAddressEntry = @Key:EmailAddressKey! @Name @RoutingType @MailboxType:MailboxType =text
EmailAddressKey := EmailAddress1 EmailAddress2 EmailAddress3
PhoneNumbers = Entry:PhoneNumberEntry+
PhoneNumberEntry = @Key:PhoneNumberKey! =text
PhoneNumberKey := AssistantPhone BusinessFax BusinessPhone BusinessPhone2 Callback CarPhone CompanyMainPhone HomeFax HomePhone HomePhone2 Isdn
 MobilePhone OtherFax OtherTelephone Pager PrimaryPhone RadioPhone Telex TtyTddPhone BusinessMobile IPPhone Mms Msn
ImAddresses = Entry:ImAddressEntry+
ImAddressEntry = @Key:ImAddressKey! =text
ImAddressKey := ImAddress1 ImAddress2 ImAddress3
PhysicalAddresses = Entry:PhysicalAddressEntry+
PhysicalAddressEntry = @Key:PhysicalAddressKey! Street? City? State? CountryOrRegion? PostalCode?
PhysicalAddressKey := Home Business Other
DistributionList = Item + DisplayName? FileAs? ContactSource:ContactSource? Members:any?

CalendarItem = Item + UID? RecurrenceId:time? DateTimeStamp:time? Start:time? End:time? OriginalStart:time? IsAllDayEvent:bool?
 LegacyFreeBusyStatus:FreeBusy? Location? When? IsMeeting:bool? IsCancelled:bool? IsRecurring:bool? MeetingRequestWasSent:bool?
 IsResponseRequested:bool? CalendarItemType:CalendarItemType? MyResponseType:ResponseType? Organizer:Recipient? RequiredAttendees:Attendees?
 OptionalAttendees:Attendees? Resources:Attendees? InboxReminders:any? ConflictingMeetingCount:int? AdjacentMeetingCount:int?
 ConflictingMeetings:any? AdjacentMeetings:any? Duration? TimeZone? AppointmentReplyTime:time? AppointmentSequenceNumber:int?
 AppointmentState:int? Recurrence:Recurrence? FirstOccurrence:any? LastOccurrence:any? ModifiedOccurrences:any? DeletedOccurrences:any?
 MeetingTimeZone:any? StartTimeZone:TimeZoneDefinition? EndTimeZone:TimeZoneDefinition? ConferenceType:int? AllowNewTimeProposal:bool?
 IsOnlineMeeting:bool? MeetingWorkspaceUrl? NetShowUrl? EnhancedLocation:any? StartWallClock:time? EndWallClock:time? StartTimeZoneId?
 EndTimeZoneId? IntendedFreeBusyStatus:FreeBusy? JoinOnlineMeetingUrl? OnlineMeetingSettings:any? IsOrganizer:bool?
FreeBusy := Free Tentative Busy OOF WorkingElsewhere NoData
CalendarItemType := Single Occurrence Exception RecurringMaster
ResponseType := Unknown Organizer Tentative Accept Decline NoResponseReceived
Attendees = Attendee:Attendee+
Attendee = Mailbox:EmailAddress ResponseType:ResponseType? LastResponseTime:time? ProposedStart:time? ProposedEnd:time?
TimeZoneDefinition = @Id @Name (Periods:any TransitionsGroups:any? Transitions:any?)?
Recurrence = %Pattern %Range
TaskRecurrence = (%Pattern | DailyRegeneration:Interval | WeeklyRegeneration:Interval | MonthlyRegeneration:Interval
 | YearlyRegeneration:Interval) %Range
Pattern = (RelativeYearlyRecurrence:RelativeYearly | AbsoluteYearlyRecurrence:AbsoluteYearly | RelativeMonthlyRecurrence:RelativeMonthly
 | AbsoluteMonthlyRecurrence:AbsoluteMonthly | WeeklyRecurrence:Weekly | DailyRecurrence:Interval)
Range = (NoEndRecurrence:NoEnd | EndDateRecurrence:EndDate | NumberedRecurrence:Numbered)
Interval = Interval:int
Weekly = Interval:int DaysOfWeek:DaysOfWeek FirstDayOfWeek:DayOfWeek?
AbsoluteMonthly = Interval:int DayOfMonth:int
RelativeMonthly = Interval:int DaysOfWeek:DayOfWeek DayOfWeekIndex:DayOfWeekIndex
AbsoluteYearly = DayOfMonth:int Month:Month
RelativeYearly = DaysOfWeek:DayOfWeek DayOfWeekIndex:DayOfWeekIndex Month:Month
NoEnd = StartDate:date
EndDate = StartDate:date EndDate:date
Numbered = StartDate:date NumberOfOccurrences:int
DaysOfWeek := list DayOfWeek
DayOfWeek := Sunday Monday Tuesday Wednesday Thursday Friday Saturday Day Weekday WeekendDay
DayOfWeekIndex := First Second Third Fourth Last
Month := January February March April May June July August September October November December

Task = Item + ActualWork:int? AssignedTime:time? BillingInformation? ChangeCount:int? Companies:Strings? CompleteDate:time? Contacts:Strings?
 DelegationState:text? Delegator? DueDate:time? IsAssignmentEditable:int? IsComplete:bool? IsRecurring:bool? IsTeamTask:bool? Mileage? Owner?
 PercentComplete:double? Recurrence:TaskRecurrence? StartDate:time? Status:TaskStatus? StatusDescription? TotalWork:int?
TaskStatus := NotStarted InProgress Completed WaitingOnOthers Deferred
";
