/// The examples of the document, as it prints them.
enum Example {
  static let prepare = """
    //返回对象为DataSignPrepare
    {
      "status": true,
      "code": 0,
      "msg": "",
      "data": {
        "course": {                        //课程信息
          "scheduleID": 14,
          "courseTableID": 6,
          "teacherID": 1,
          "teacherName": "管理员",
          "deptID": 1,
          "deptName": "计算机科学与技术系",
          "deptNickName": "计科",
          "enrolYear": 2012,
          "courseID": 513,
          "courseName": "科学教育",
          "openYear": 2015,
          "openTerm": 0,
          "fromWeek": 1,
          "endWeek": 22,
          "status": 0
        },
        "week": {                    //当前周次信息
          "year": 2015,
          "term": 0,
          "week": 12,
          "begin_date": "2015-03-09"
        },
        "classInfo": [                //选课的班级信息
          {
            "classID": 3,
            "className": "计科11201",
            "courseTableID": 6
          }
        ]
      }
    }
    """

  static let create = """
    {
      "status": true,
      "code": 0,
      "msg": "",
      "data": {
        "taskID": 4,
        "signID": 1,
        "beginTime": 1432984013,
        "endTime": 1432986713
      }
    }
    """

  static let teacherList = """
    {
      "status": true,
      "code": 0,
      "msg": "",
      "data": {
        "list": [
          {
            "taskID": 7,
            "courseTableID": 5,
            "count": 0,
            "append": [                //此处为附加的信息，内容可能会增加，如果不请求该数据，值会置null
              {
                "time": 1434109565,
                "content": "附加信息1"
              },
              {
                "time": 1434101467,
                "content": "附加信息2222"
              }
            ],
            "signID": 4,
            "name": "人工智能(管理员)，第14周上课签到，星期五",
            "detail": "",
            "time": 1434098727,
            "expireTime": 1434101427,
            "type": 0,
            "userID": 1,
            "flag": 0
          },
          {
            "taskID": 6,
            "courseTableID": 6,
            "count": 0,
            "append": "",
            "signID": 3,
            "name": "科学教育(管理员)，第12周上课签到，星期天",
            "detail": "",
            "time": 1432987311,
            "expireTime": 1432990011,
            "type": 0,
            "userID": 1,
            "flag": 0
          }
          //.....更多数据.............
        ]
      }
    }
    """

  static let newSigns = """
    {
      "status": true,
      "code": 0,
      "msg": "",
      "data": {
        "list": [
          {
            "taskID": 9,
            "courseTableID": 5,
            "count": 0,
            "append": [
              {
                "time": 1456938976,
                "content": "Append 1"
              },
              {
                "time": 1456938982,
                "content": "Append 2"
              }
            ],
            "signID": 6,
            "name": "人工智能(管理员)，第14周上课签到，星期六",
            "detail": "",
            "time": 1434170376,
            "expireTime": 1434201876,
            "type": 0,
            "userID": 1,
            "flag": 0
          }
          //...more....可能存在多个新的签到列表
        ]
      }
    }
    """

  static let done = """
    {
      "status": true,
      "code": 0,
      "msg": "",
      "data": null
    }
    """

  static let teacherGet = """
    {
      "status": true,
      "code": 0,
      "msg": "",
      "data": {
        "taskID": 7,
        "courseTableID": 5,
        "count": 0,
        "append": [
          {
            "time": 1434109565,
            "content": "附加信息1"
          },
          {
            "time": 1434101467,
            "content": "附加信息2222"
          },
          {
            "time": 1456935849,
            "content": "OK"
          }
        ],
        "signID": 4,
        "name": "人工智能(管理员)，第14周上课签到，星期五",
        "detail": "",
        "time": 1434098727,
        "expireTime": 1434101427,
        "type": 0,
        "userID": 1,
        "flag": 0
      }
    }
    """

  static let begin = """
    {
      "status": true,
      "code": 0,
      "msg": "",
      "data": {
        "signKey": "S1Pe1aneZ2",        //用于签到确认的加密秘钥，需本地保存
        "signLogId": "4"                //创建的签到记录ID
      }
    }
    """

  static let history = """
    {
      "status": true,
      "code": 0,
      "msg": "",
      "data": {
        "list": [
          {
            "signLogID": 2,
            "studentID": 32,
            "beginTime": 1434331808,
            "endTime": 0,
            "signID": 10,
            "courseTableID": 5,
            "longitude": 0,
            "latitude": 0,
            "logStatus": 0,
            "taskID": 15,
            "name": "人工智能(管理员)，第15周上课签到，星期一 再次",
            "detail": "",
            "taskTime": 1434299533,
            "expireTime": 1434299933,
            "teacherID": 1,
            "courseID": 1,
            "courseName": "人工智能",
            "count": 0,
            "append": null
          },
          {
            "signLogID": 3,
            "studentID": 32,
            "beginTime": 1434344951,
            "endTime": 1434353670,
            "signID": 11,
            "courseTableID": 9,
            "longitude": 0,
            "latitude": 0,
            "logStatus": 2,
            "taskID": 16,
            "name": "国际政治(管理员)，第15周上课签到，星期一",
            "detail": "",
            "taskTime": 1434344913,
            "expireTime": 1434404853,
            "teacherID": 1,
            "courseID": 386,
            "courseName": "国际政治",
            "count": 1,
            "append": [
              {
                "time": 1458592966,
                "content": "OK"
              }
            ]
          }
        ]
      }
    }
    """

  static let studentGet = """
    {
      "signLogID": 3,
      "studentID": 32,
      "beginTime": 1434344951,
      "endTime": 1434353670,
      "signID": 11,
      "courseTableID": 9,
      "longitude": 0,
      "latitude": 0,
      "logStatus": 2,
      "taskID": 16,
      "name": "国际政治(管理员)，第15周上课签到，星期一",
      "detail": "国际政治(管理员)，第",
      "taskTime": 1434344913,
      "expireTime": 1434404853,
      "teacherID": 1,
      "courseID": 386,
      "courseName": "国际政治",
      "count": 1,
      "append": [
        {
          "time": 1458592966,
          "content": "OK"
        },
        {
          "time": 1458941284,
          "content": "法国大范甘迪"
        },
        {
          "time": 1458941406,
          "content": "个地方电饭锅电饭锅电饭锅地方"
        }
      ]
    }
    """
}
